ALTER TABLE "events" ADD COLUMN "fired" boolean DEFAULT true NOT NULL;--> statement-breakpoint
CREATE INDEX "alerts_since" ON "alerts" USING btree ("since");--> statement-breakpoint
CREATE INDEX "deliveries_retrying" ON "deliveries" USING btree ("due_at","claim_id") WHERE status = 'retrying';--> statement-breakpoint
CREATE INDEX "deliveries_given_up" ON "deliveries" USING btree ("webhook_id","id" DESC NULLS LAST) WHERE status in ('dead_letter', 'failed');--> statement-breakpoint
CREATE INDEX "events_instance" ON "events" USING btree ("instance_id","id" DESC NULLS LAST) WHERE instance_id is not null;