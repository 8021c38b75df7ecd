# frozen_string_literal: true

# Names of refs and files are URL-encoded in one part of the path; a client that forgot it is understood too.
scope 'projects/:project_id/repository', module: :repositories, constraints: { project_id: %r{[^/]+}, branch: /.+/, tag_name: /.+/,
                                                                               file_path: /.+/, sha: /.+?/, archive_format: /[a-z0-9.]+/ } do
  get 'tree', to: 'trees#show'
  get 'compare', to: 'comparisons#show'
  get 'merge_base', to: 'comparisons#merge_base'
  get 'contributors', to: 'contributors#index'
  get 'archive', to: 'archives#show'
  get 'archive.:archive_format', to: 'archives#show'

  get 'blobs/:sha/raw', to: 'blobs#raw'
  get 'blobs/:sha', to: 'blobs#show'

  get 'commits', to: 'commits#index'
  post 'commits', to: 'commits#create'
  get 'commits/:sha/diff', to: 'commits#diff'
  get 'commits/:sha/refs', to: 'commits#refs'
  get 'commits/:sha/merge_requests', to: 'commits#merge_requests'
  get 'commits/:sha/sequence', to: 'commits#sequence'
  get 'commits/:sha/signature', to: 'commits#signature'
  post 'commits/:sha/cherry_pick', to: 'picks#cherry_pick'
  post 'commits/:sha/revert', to: 'picks#revert'
  get 'commits/:sha/comments', to: 'commit_notes#index'
  post 'commits/:sha/comments', to: 'commit_notes#create'
  get 'commits/:sha', to: 'commits#show'

  get 'files/:file_path/raw', to: 'files#raw'
  get 'files/:file_path/blame', to: 'blames#show'
  get 'files/:file_path', to: 'files#show'
  post 'files/:file_path', to: 'files#create'
  put 'files/:file_path', to: 'files#update'
  delete 'files/:file_path', to: 'files#destroy'

  get 'branches', to: 'branches#index'
  post 'branches', to: 'branches#create'
  match 'branches/:branch', to: 'branches#exists', via: :head
  get 'branches/:branch', to: 'branches#show'
  delete 'branches/:branch', to: 'branches#destroy'
  delete 'merged_branches', to: 'branches#destroy_merged'

  get 'tags', to: 'tags#index'
  post 'tags', to: 'tags#create'
  get 'tags/:tag_name', to: 'tags#show'
  delete 'tags/:tag_name', to: 'tags#destroy'
end
