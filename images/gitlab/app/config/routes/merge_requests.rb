# frozen_string_literal: true

scope '-/merge_requests', module: :projects do
  get '/', to: 'merge_requests#index', as: nil
  post '/', to: 'merge_requests#create', as: nil
  get 'new', to: 'merge_requests#new', as: nil
  scope ':iid', constraints: { iid: /\d+/ } do
    get '/', to: 'merge_requests#show', as: nil
    get 'edit', to: 'merge_requests#edit', as: nil
    get 'commits', to: 'merge_requests#show', as: nil
    get 'diffs', to: 'merge_requests#show', as: nil
    patch '/', to: 'merge_requests#update', as: nil
    post 'merge', to: 'merge_requests#merge', as: nil
    post 'notes', to: 'merge_requests#comment', as: nil
  end
end
