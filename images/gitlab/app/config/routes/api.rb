# frozen_string_literal: true

# :id of a project is a number or the URL-encoded path, so it may hold dots and %2F.
scope '/api/v4', module: :api, format: false, defaults: { format: 'json' } do
  path = { constraints: { id: %r{[^/]+} } }
  project = { constraints: { project_id: %r{[^/]+}, iid: /\d+/, note_id: /\d+/ } }
  number = { constraints: { id: /\d+/ } }

  get 'version', to: 'metadata#version'
  get 'metadata', to: 'metadata#show'
  get 'application/statistics', to: 'statistics#show'

  get 'search', to: 'searches#index'
  get 'issues', to: 'issues#everywhere'

  get 'user', to: 'users#current'
  resources :users, only: %i[index show create], **number do
    resources :personal_access_tokens, only: :create, controller: 'user_tokens'
    post :block, on: :member
    post :unblock, on: :member
  end
  resources :groups, only: %i[index show create], **path
  scope 'groups/:group_id', constraints: { group_id: %r{[^/]+} }, as: :group do
    get 'members/all', to: 'members#everyone'
    resources :members, only: %i[index show create update destroy], constraints: { id: /\d+/ }
  end
  get 'groups/:group_id/projects', to: 'namespace_projects#index', constraints: { group_id: %r{[^/]+} }
  get 'users/:user_id/projects', to: 'namespace_projects#index', constraints: { user_id: %r{[^/]+} }
  resources :namespaces, only: %i[index show], **path

  get 'personal_access_tokens/self', to: 'personal_access_tokens#current'
  delete 'personal_access_tokens/self', to: 'personal_access_tokens#revoke_current'
  resources :personal_access_tokens, only: %i[index show create destroy], **number

  resources :projects, only: %i[index show create update destroy], **path
  scope 'projects/:project_id', **project do
    get 'events', to: 'events#index'
    resources :labels, only: %i[index show create update destroy], constraints: { id: %r{[^/]+} }
    put 'labels', to: 'labels#update', as: nil
    delete 'labels', to: 'labels#destroy', as: nil
    resources :releases, only: %i[index show create update destroy], param: :tag_name, constraints: { tag_name: %r{[^/]+} }
    get 'forks', to: 'forks#index'
    post 'fork', to: 'forks#create'
    delete 'fork', to: 'forks#destroy'
    get 'members/all', to: 'members#everyone'
    resources :members, only: %i[index show create update destroy], constraints: { id: /\d+/ }
    resources :issues, only: %i[index show create update destroy], param: :iid do
      resources :notes, only: %i[index show create], param: :note_id
      resources :discussions, only: %i[index show create]
    end
  end

  scope 'sidekiq', controller: 'sidekiq_metrics' do
    %w[queue_metrics process_metrics job_stats compound_metrics].each { |name| get name, action: name }
  end

  draw(:api_repository)
  draw(:api_merge_requests)

  match '*rest', to: 'base#not_found_route', via: :all
end
