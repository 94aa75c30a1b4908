ALTER TABLE "deliveries" ADD COLUMN "queued_by" text;--> statement-breakpoint
CREATE INDEX "deliveries_queued_by" ON "deliveries" USING btree ("queued_by","status") WHERE queued_by is not null;