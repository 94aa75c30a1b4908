CREATE TABLE "batches" (
	"id" uuid PRIMARY KEY NOT NULL,
	"webhook_id" uuid NOT NULL,
	"body" text NOT NULL,
	"shape" text NOT NULL
);
--> statement-breakpoint
ALTER TABLE "deliveries" ADD COLUMN "batch_id" uuid;--> statement-breakpoint
ALTER TABLE "batches" ADD CONSTRAINT "batches_webhook_id_webhooks_id_fk" FOREIGN KEY ("webhook_id") REFERENCES "public"."webhooks"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "batches_webhook" ON "batches" USING btree ("webhook_id");--> statement-breakpoint
CREATE INDEX "deliveries_batched" ON "deliveries" USING btree ("webhook_id") WHERE batch_id is not null and status in ('pending', 'retrying');--> statement-breakpoint
CREATE INDEX "deliveries_batch" ON "deliveries" USING btree ("batch_id") WHERE batch_id is not null;