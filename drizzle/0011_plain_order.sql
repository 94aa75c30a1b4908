DROP INDEX "deliveries_history";--> statement-breakpoint
DROP INDEX "deliveries_given_up";--> statement-breakpoint
DROP INDEX "events_type";--> statement-breakpoint
DROP INDEX "events_instance";--> statement-breakpoint
CREATE INDEX "deliveries_history" ON "deliveries" USING btree ("webhook_id","id");--> statement-breakpoint
CREATE INDEX "deliveries_given_up" ON "deliveries" USING btree ("webhook_id","id") WHERE status in ('dead_letter', 'failed');--> statement-breakpoint
CREATE INDEX "events_type" ON "events" USING btree ("type","id");--> statement-breakpoint
CREATE INDEX "events_instance" ON "events" USING btree ("instance_id","id") WHERE instance_id is not null;