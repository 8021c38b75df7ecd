# frozen_string_literal: true

module Git
  # The file that introduces a directory, for its page.
  class Readme
    # More of it nobody reads on the way to the files.
    MAX_BYTES = 512.kilobytes

    attr_reader :blob

    def self.find(project, commit, folder = '')
      path = project.repository.readme_path(commit.id, folder) or return
      blob = project.repository.blob_at(commit.id, path, limit: MAX_BYTES)
      new(blob) if blob && !blob.binary?
    end

    def initialize(blob) = @blob = blob

    def name = blob.name
    def path = blob.path
    def folder = File.dirname(path).delete_prefix('.')
    def markdown? = name.match?(/\.(md|markdown|mdown)\z/i)
    def html(&) = Markdown.new(blob.text, folder, &).html
  end
end
