# frozen_string_literal: true

# Git over HTTP: Workhorse asks here whether it may go on, and then speaks to Gitaly itself.
scope ':namespace_id/:project_id', constraints: { namespace_id: %r{[^/]+}, project_id: %r{[^/]+\.git} }, format: false do
  scope controller: 'repositories/git_http' do
    get 'info/refs', action: :info_refs
    post 'git-upload-pack', action: :upload_pack
    post 'git-receive-pack', action: :receive_pack
  end
  match 'info/lfs/*rest', to: 'repositories/lfs#refuse', via: :all
  match 'gitlab-lfs/*rest', to: 'repositories/lfs#refuse', via: :all
end

# An address without `.git` works too, as git follows the redirection of its first request.
get ':namespace_id/:project_id/info/refs', format: false,
                                           constraints: { namespace_id: %r{[^/]+}, project_id: %r{[^/]+}, query_string: /\Aservice=git-/ },
                                           to: redirect { |names, request| "/#{names[:namespace_id]}/#{names[:project_id]}.git/info/refs?#{request.query_string}" }
