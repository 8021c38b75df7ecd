# frozen_string_literal: true

module Git
  # A file's content, of which perhaps only the beginning was loaded.
  class Blob
    LINK = 0o120000
    EXECUTABLE = 0o100755

    attr_reader :id, :size, :data, :path

    def initialize(id:, size:, data:, path: nil, mode: 0)
      @id = id
      @size = size
      @data = data.b
      @path = path
      @mode = mode
    end

    def name = path.to_s.split('/').last.to_s
    def text = Text.utf8(data)
    def binary? = Text.binary?(data)
    def truncated? = data.bytesize < size
    def empty? = size.zero?
    def link? = @mode == LINK
    def executable? = @mode == EXECUTABLE
    def lines = text.lines
    def sha256 = Digest::SHA256.hexdigest(data)
    def base64 = Base64.strict_encode64(data)
  end
end
