# frozen_string_literal: true

Rails.application.routes.draw do
  segment = { constraints: { namespace_id: %r{[^/]+}, project_id: %r{[^/]+?} } }

  root 'dashboard#show'

  scope '-', controller: 'health' do
    get 'liveness', action: :liveness
    get 'readiness', action: :readiness
  end
  get 'health_check(/:checks)', to: 'health_check#show', as: nil

  get 'users/sign_in', to: 'sessions#new', as: :new_user_session
  post 'users/sign_in', to: 'sessions#create', as: :user_session
  match 'users/sign_out', to: 'sessions#destroy', via: %i[post delete], as: :destroy_user_session
  post 'oauth/token', to: 'oauth/tokens#create'

  get 'help', to: 'help#index'
  get 'dashboard', to: redirect('/')
  get 'dashboard/projects', to: redirect('/')
  resources :projects, only: %i[index new create]
  resources :groups, only: %i[new create]

  scope '-/user_settings', module: :user_settings do
    resources :personal_access_tokens, only: %i[index create] do
      put :revoke, on: :member
    end
    resources :ssh_keys, only: %i[index create destroy]
  end

  get 'admin', to: 'admin/dashboard#show', as: :admin
  namespace :admin do
    resource :background_jobs, only: :show, controller: 'background_jobs'
    resources :users, only: %i[index show new create update], constraints: { id: %r{[^/]+} }
  end

  draw(:internal)
  draw(:keys)
  draw(:api)

  draw(:git)

  # Last, as they match nearly everything.
  scope ':namespace_id/:project_id', **segment, format: false do
    get '/', to: 'projects#show', as: :project_page
    scope '-/issues' do
      get '/', to: 'issues#index', as: :project_issues
      post '/', to: 'issues#create'
      get 'new', to: 'issues#new', as: :new_project_issue
      get ':iid', to: 'issues#show', as: :project_issue, constraints: { iid: /\d+/ }
      patch ':iid', to: 'issues#update', constraints: { iid: /\d+/ }
      post ':iid/notes', to: 'notes#create', as: :project_issue_notes, constraints: { iid: /\d+/ }
    end
    draw(:repository)
    draw(:merge_requests)
  end
  get ':namespace_id', to: 'namespaces#show', as: :namespace_page, format: false, **segment
end
