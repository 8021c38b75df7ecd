# frozen_string_literal: true

module Git
  # A download of all files of a commit.
  class Archive
    FORMATS = { 'tar.gz' => %w[tar.gz tgz gz], 'tar.bz2' => %w[tar.bz2 tbz tbz2 tb2 bz2], 'tar' => %w[tar], 'zip' => %w[zip] }.freeze
    TYPES = { 'tar.gz' => 'application/gzip', 'tar.bz2' => 'application/x-bzip2', 'tar' => 'application/x-tar', 'zip' => 'application/zip' }.freeze

    attr_reader :commit, :path, :format

    # nil is the usual format, an unknown one none.
    def self.format(name)
      return 'tar.gz' if name.blank?

      FORMATS.find { |_, names| names.include?(name) }&.first
    end

    def initialize(project, ref, commit, format:, path: nil, append_sha: true)
      @project = project
      @ref = ref
      @commit = commit
      @format = format
      @path = path.to_s
      @append_sha = append_sha
    end

    # The folder that all files are put into.
    def prefix
      sha = @append_sha || @ref == @commit.id ? @commit.id : nil
      [@project.path, (@ref unless @ref == @commit.id), sha, @path.presence].compact.join('-').gsub(%r{[^\w.-]+}, '-')
    end

    def filename = "#{prefix}.#{format}"
    def content_type = TYPES.fetch(format)
  end
end
