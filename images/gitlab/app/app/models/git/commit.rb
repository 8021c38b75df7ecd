# frozen_string_literal: true

module Git
  # A commit as Gitaly tells it.
  class Commit
    SHORT = 8

    attr_reader :raw

    def initialize(raw) = @raw = raw

    def id = raw.id
    alias sha id
    def short_id = id[0, SHORT]
    def parent_ids = raw.parent_ids.to_a
    def title = Text.utf8(raw.subject)

    # Gitaly leaves a very long body out; then the subject has to do.
    def message
      body = Text.utf8(raw.body)
      body.empty? ? title : body
    end

    def description = message.delete_prefix(title).strip
    def author_name = Text.utf8(raw.author&.name)
    def author_email = Text.utf8(raw.author&.email)
    def committer_name = Text.utf8(raw.committer&.name)
    def committer_email = Text.utf8(raw.committer&.email)
    def authored_at = time(raw.author)
    def committed_at = time(raw.committer)
    def trailers = raw.trailers.to_h { |trailer| [Text.utf8(trailer.key), Text.utf8(trailer.value)] }
    def trailer_lists = raw.trailers.group_by { |one| Text.utf8(one.key) }.transform_values { |list| list.map { |one| Text.utf8(one.value) } }
    def merge? = parent_ids.size > 1
    def ==(other) = other.is_a?(Commit) && other.id == id

    private

    # In the time zone of whoever wrote it; a broken one counts as UTC.
    def time(person)
      at = Time.at(person&.date&.seconds.to_i).utc
      zone = person&.timezone.to_s
      zone.match?(/\A[+-]\d{4}\z/) ? at.localtime("#{zone[0, 3]}:#{zone[3, 2]}") : at
    rescue ArgumentError
      at
    end
  end
end
