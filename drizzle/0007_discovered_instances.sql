ALTER TABLE "instances" ADD COLUMN "discovered_by" uuid;--> statement-breakpoint
ALTER TABLE "instances" ADD CONSTRAINT "instances_discovered_by_instances_id_fk" FOREIGN KEY ("discovered_by") REFERENCES "public"."instances"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "instances_discovered" ON "instances" USING btree ("discovered_by");