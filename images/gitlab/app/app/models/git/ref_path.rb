# frozen_string_literal: true

module Git
  # Takes "feature/x/docs/a.md" of an address apart into ref and path: both may have slashes, and only
  # the repository knows where the one ends.
  class RefPath
    SHA = /\A\h{40}\z/
    # A ref has few slashes, whatever the address has.
    MAX_PARTS = 20

    attr_reader :ref, :path

    def initialize(repository, text)
      @repository = repository
      @text = text.to_s.delete_suffix('/')
      @ref, @path = split
    end

    def commit
      return @commit if defined?(@commit)

      @commit = @repository.commit(@full_name || ref)
    end

    private

    def split
      parts = @text.split('/')
      return [parts.first.to_s, parts.drop(1).join('/')] if parts.size < 2 || parts.first.match?(SHA)

      candidates = (1..[parts.size, MAX_PARTS].min).map { |size| parts.first(size).join('/') }
      ref = longest_existing(candidates) || parts.first
      [ref, @text.delete_prefix(ref).delete_prefix('/')]
    end

    def longest_existing(candidates)
      full = candidates.select { |name| RefName.plain?(name) }.flat_map { |name| ["refs/heads/#{name}", "refs/tags/#{name}"] }
      return if full.empty?

      found = @repository.existing(full).max_by { |name| [name.sub(%r{\Arefs/\w+/}, '').size, name.start_with?('refs/heads/') ? 1 : 0] }
      @full_name = found
      found&.sub(%r{\Arefs/\w+/}, '')
    end
  end
end
