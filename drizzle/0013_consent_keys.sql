ALTER TABLE "consents" ADD COLUMN "key" text;--> statement-breakpoint
ALTER TABLE "consents" ADD COLUMN "called" boolean DEFAULT false NOT NULL;--> statement-breakpoint
ALTER TABLE "consents" ADD CONSTRAINT "consents_key_unique" UNIQUE("key");