ALTER TABLE "deliveries" ADD COLUMN "shape" text;--> statement-breakpoint
ALTER TABLE "webhooks" ADD COLUMN "sealed" jsonb DEFAULT '{}'::jsonb NOT NULL;