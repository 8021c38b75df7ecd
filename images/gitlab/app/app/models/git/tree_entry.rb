# frozen_string_literal: true

module Git
  # A line of a directory: file, directory or submodule.
  class TreeEntry
    TYPES = { BLOB: 'blob', TREE: 'tree', COMMIT: 'commit' }.freeze
    LINK = 0o120000

    def initialize(raw) = @raw = raw

    def id = @raw.oid
    def path = Text.utf8(@raw.path)
    def name = path.split('/').last.to_s
    def type = TYPES.fetch(@raw.type, 'blob')
    def mode = format('%06o', @raw.mode)
    def tree? = type == 'tree'
    def submodule? = type == 'commit'
    def link? = @raw.mode == LINK

    # Directories first, then by name, as file lists are read.
    def rank = [{ 'tree' => 0, 'commit' => 1 }.fetch(type, 2), name]
  end
end
