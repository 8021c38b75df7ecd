# frozen_string_literal: true

# What GitLab Shell and Gitaly's hooks call; signed with the shell secret.
scope '/api/v4/internal', module: 'api/internal', format: false, defaults: { format: 'json' } do
  get 'check', to: 'status#check'
  get 'discover', to: 'keys#discover'
  get 'authorized_keys', to: 'keys#authorized_keys'
  post 'two_factor_recovery_codes', to: 'two_factor#recovery_codes'
  post 'two_factor_manual_otp_check', to: 'two_factor#otp_check'
  post 'two_factor_push_otp_check', to: 'two_factor#otp_check'
  post 'personal_access_token', to: 'tokens#create'
  post 'lfs_authenticate', to: 'lfs#authenticate'
  post 'allowed', to: 'access#allowed'
  post 'pre_receive', to: 'receive#pre'
  post 'post_receive', to: 'receive#post'
end
