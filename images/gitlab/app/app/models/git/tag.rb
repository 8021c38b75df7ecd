# frozen_string_literal: true

module Git
  class Tag
    def initialize(raw) = @raw = raw

    def name = Text.utf8(@raw.name).delete_prefix('refs/tags/')
    # The tag's own object where it is annotated, else the commit.
    def target = @raw.id
    def commit = @raw.target_commit && Commit.new(@raw.target_commit)
    def message = Text.utf8(@raw.message).chomp
    def annotated? = @raw.tagger.present?
    def created_at = (Time.at(@raw.tagger.date.seconds).utc if @raw.tagger&.date)
    def ref = "refs/tags/#{name}"
  end
end
