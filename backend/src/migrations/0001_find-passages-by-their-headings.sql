ALTER TABLE "chunks" ADD COLUMN "context" text DEFAULT '' NOT NULL;--> statement-breakpoint
ALTER TABLE "chunks" DROP COLUMN "words";--> statement-breakpoint
ALTER TABLE "chunks" ADD COLUMN "words" "tsvector" GENERATED ALWAYS AS (to_tsvector('simple', "context" || ' ' || "text")) STORED;--> statement-breakpoint
CREATE INDEX "chunks_words" ON "chunks" USING gin ("words");
