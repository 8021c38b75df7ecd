# frozen_string_literal: true

# Refs and paths both have slashes, so they are the rest of the address.
scope '-', module: :projects do
  get 'tree(/*id)', to: 'trees#show', as: nil
  get 'blob/*id', to: 'blobs#show', as: nil
  get 'raw/*id', to: 'blobs#raw', as: nil
  get 'commits(/*id)', to: 'commits#index', as: nil
  get 'commit/:id.diff', to: 'commits#show', defaults: { as: 'diff' }, constraints: { id: /\h+/ }, as: nil
  get 'commit/:id', to: 'commits#show', constraints: { id: %r{[^/]+} }, as: nil
  get 'archive/*id', to: 'archives#show', as: nil
  get 'refs/switch', to: 'refs#switch', as: nil
  get 'compare', to: 'comparisons#index', as: nil
  get 'compare/*id', to: 'comparisons#show', as: nil

  %w[branches tags].each do |kind|
    get kind, to: "#{kind}#index", as: nil
    get "#{kind}/new", to: "#{kind}#new", as: nil
    post kind, to: "#{kind}#create", as: nil
    delete "#{kind}/*id", to: "#{kind}#destroy", as: nil
  end
  get 'tags/*id', to: 'tags#show', as: nil
end
