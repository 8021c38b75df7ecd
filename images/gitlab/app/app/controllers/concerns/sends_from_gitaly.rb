# frozen_string_literal: true

# Answers that Workhorse fetches from Gitaly itself and streams to the client. The header names what;
# the body that leaves this process is empty.
module SendsFromGitaly
  HEADER = 'Gitlab-Workhorse-Send-Data'

  private

  def send_git_blob(blob, filename: blob.name)
    disposition(filename, inline: true)
    # Whatever it is: never a page of this site.
    response.headers['X-Content-Type-Options'] = 'nosniff'
    send_data_header('git-blob', GetBlobRequest: { repository: gitaly_identity, oid: blob.id, limit: -1 })
    render body: nil, content_type: blob.binary? ? 'application/octet-stream' : 'text/plain; charset=utf-8'
  end

  def send_git_archive(archive)
    disposition(archive.filename)
    response.headers['Cache-Control'] = 'private, max-age=60'
    response.headers['ETag'] = %("#{archive.commit.id}")
    send_data_header('git-archive', ArchivePrefix: archive.prefix, CommitId: archive.commit.id, Path: archive.path,
                                    Format: archive.format, Repository: gitaly_identity)
    render body: nil, content_type: archive.content_type
  end

  def send_git_diff(left, right)
    send_data_header('git-diff', RawDiffRequest: { repository: gitaly_identity, left_commit_id: left, right_commit_id: right }.to_json)
    render body: nil, content_type: 'text/plain; charset=utf-8'
  end

  def send_data_header(kind, **fields)
    repository = @project.repository
    message = { GitalyServer: Gitlab::GitalyClient.connection_data(repository.storage) }.merge(fields)
    response.headers[HEADER] = "#{kind}:#{Base64.urlsafe_encode64(message.to_json)}"
  end

  def gitaly_identity = @project.repository.identity

  def disposition(filename, inline: false)
    kind = inline ? 'inline' : 'attachment'
    response.headers['Content-Disposition'] = ActionDispatch::Http::ContentDisposition.format(disposition: kind, filename: filename)
  end
end
