# frozen_string_literal: true

module Git
  # One step of a commit that is made without a working copy.
  class FileAction
    TYPES = { 'create' => :CREATE, 'create_dir' => :CREATE_DIR, 'update' => :UPDATE, 'move' => :MOVE,
              'delete' => :DELETE, 'chmod' => :CHMOD }.freeze
    # Content travels in parts below gRPC's 4 MiB a message.
    PART = 1.megabyte

    attr_reader :type, :path, :content

    def initialize(type, path, content: nil, previous_path: nil, executable: false)
      @type = type
      @path = path
      @content = content&.b
      @previous_path = previous_path
      @executable = executable
    end

    # What is sent to Gitaly: a header, then the content.
    def requests
      [action(header: header)] + parts.map { |part| action(content: part) }
    end

    private

    def action(**) = Gitaly::UserCommitFilesRequest.new(action: Gitaly::UserCommitFilesAction.new(**))

    # Moved without new content keeps its own.
    def header
      { action: TYPES.fetch(type), file_path: path.b, previous_path: @previous_path.to_s.b, execute_filemode: @executable,
        infer_content: type == 'move' && content.nil? }
    end

    def parts
      (0...content.to_s.bytesize).step(PART).map { |start| content.byteslice(start, PART) }
    end
  end
end
