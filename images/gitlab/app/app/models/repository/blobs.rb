# frozen_string_literal: true

class Repository
  # Contents of files.
  module Blobs
    # What a page shows at most; the API has a limit of its own.
    MAX_SHOWN = 1.megabyte

    # The whole file with `limit: 0`.
    def blob_at(revision, path, limit: MAX_SHOWN)
      parts = absent_as([]) { ask(:commit_service, :tree_entry, revision: revision.b, path: path.b, limit: limit).to_a }
      head = parts.first
      return unless head && head.type == :BLOB

      Git::Blob.new(id: head.oid, size: head.size, data: parts.map(&:data).join, path: path, mode: head.mode)
    end

    # Who wrote its lines; lines: "3,7".
    def blame(revision, path, lines: nil)
      parts = ask(:commit_service, :raw_blame, revision: revision.b, path: path.b, range: lines.to_s.b)
      Git::Blame.new(parts.map(&:data).join)
    rescue Gitlab::Git::InvalidArgument => e
      raise Git::Refused, e.details
    end

    # The whole file unless a limit says otherwise.
    def blob(oid, limit: -1)
      parts = absent_as([]) { ask(:blob_service, :get_blob, oid: oid, limit: limit).to_a }
      head = parts.first
      Git::Blob.new(id: head.oid, size: head.size, data: parts.map(&:data).join) if head&.oid.present?
    end
  end
end
