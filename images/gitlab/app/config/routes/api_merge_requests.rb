# frozen_string_literal: true

get 'merge_requests', to: 'merge_requests#everywhere'

scope 'projects/:project_id', constraints: { project_id: %r{[^/]+}, iid: /\d+/, merge_request_iid: /\d+/, note_id: /\d+/ } do
  resources :merge_requests, only: %i[index show create update destroy], param: :iid do
    resources :notes, only: %i[index show create], param: :note_id
    resources :discussions, only: %i[index show create]
  end
  scope 'merge_requests/:merge_request_iid', module: :merge_requests do
    put 'merge', to: 'merges#update'
    put 'rebase', to: 'rebases#update'
    get 'approvals', to: 'approvals#show'
    get 'approval_state', to: 'approvals#state'
    post 'approve', to: 'approvals#create'
    post 'unapprove', to: 'approvals#destroy'
    get 'versions/:version_id', to: 'changes#version', constraints: { version_id: /\d+/ }
    %w[changes diffs commits versions participants raw_diffs].each { |name| get name, to: "changes##{name}" }
  end
end
