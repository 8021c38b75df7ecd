# frozen_string_literal: true

# SSH keys, rules for pushes, and the settings around them in API v4.
scope '/api/v4', module: :api, format: false, defaults: { format: 'json' } do
  number = { constraints: { id: /\d+/, user_id: %r{[^/]+} } }
  project = { constraints: { project_id: %r{[^/]+} } }

  get 'application/settings', to: 'application_settings#show'
  put 'application/settings', to: 'application_settings#update'
  get 'keys', to: 'keys#by_fingerprint', as: nil
  get 'keys/:id', to: 'keys#show', as: nil, **number
  scope 'user' do
    resources :keys, only: %i[index show create destroy], controller: 'user_keys', **number
  end
  resources :users, only: [] do
    resources :keys, only: %i[index show create destroy], controller: 'user_keys', **number
  end
  get 'deploy_keys', to: 'deploy_keys#all', as: nil
  get 'deploy_tokens', to: 'deploy_tokens#all', as: nil

  scope 'projects/:project_id', **project do
    resources :deploy_keys, only: %i[index show create update destroy], **number do
      post :enable, on: :member
    end
    resources :deploy_tokens, only: %i[index show create destroy], **number
    resources :protected_branches, only: %i[index show create update destroy], param: :name, constraints: { name: %r{[^/]+} }
    resources :protected_tags, only: %i[index show create destroy], param: :name, constraints: { name: %r{[^/]+} }
    resource :push_rule, only: %i[show create update destroy]
  end
end
