# frozen_string_literal: true

class Repository
  # The file that introduces a directory.
  module Readme
    NAMES = /\Areadme(\.(md|markdown|mdown|rst|txt|adoc|org|textile|rdoc))?\z/i

    def readme_path(revision, path = '')
      return if revision.blank?

      found = tree(revision, path).reject(&:tree?).select { |entry| entry.name.match?(NAMES) }
      # A README that can be rendered goes before others.
      found.min_by { |entry| [entry.name.match?(/\.(md|markdown)\z/i) ? 0 : 1, entry.name] }&.path
    end
  end
end
