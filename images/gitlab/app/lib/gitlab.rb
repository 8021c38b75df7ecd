# frozen_string_literal: true

autoload :Gitaly, 'gitaly'

# What is neither a model nor a controller: settings, logs, health checks, Redis.
module Gitlab
  ROOT = Pathname.new(File.expand_path('..', __dir__))
  VERSION = ROOT.join('VERSION').read.strip.freeze
  REVISION = ROOT.join('REVISION').read.strip.freeze

  # The tests of a box must not write into its logs.
  def self.log_path(name) = Pathname.new(ENV.fetch('GITLAB_LOG_DIR') { ROOT.join('log') }).join(name)

  autoload :AuthorizedKeys, 'gitlab/authorized_keys'
  autoload :AuthorizedKeysSetup, 'gitlab/authorized_keys_setup'
  autoload :ConsoleBanner, 'gitlab/console_banner'
  autoload :CryptoHelper, 'gitlab/crypto_helper'
  autoload :CurrentSettings, 'gitlab/current_settings'
  autoload :DoctorSecrets, 'gitlab/doctor_secrets'
  autoload :EnvInfo, 'gitlab/env_info'
  autoload :ErrorTracking, 'gitlab/error_tracking'
  autoload :Git, 'gitlab/git'
  autoload :GitAccess, 'gitlab/git_access'
  autoload :GitFsck, 'gitlab/git_fsck'
  autoload :GitCredentials, 'gitlab/git_credentials'
  autoload :GitalyClient, 'gitlab/gitaly_client'
  autoload :HealthChecks, 'gitlab/health_checks'
  autoload :JwtSecret, 'gitlab/jwt_secret'
  autoload :JsonLogger, 'gitlab/json_logger'
  autoload :MailLog, 'gitlab/mail_log'
  autoload :Middleware, 'gitlab/middleware'
  autoload :MonitoringAllowlist, 'gitlab/monitoring_allowlist'
  autoload :Redis, 'gitlab/redis'
  autoload :RedisSessionStore, 'gitlab/redis_session_store'
  autoload :RequestLog, 'gitlab/request_log'
  autoload :Settings, 'gitlab/settings'
  autoload :SidekiqLogging, 'gitlab/sidekiq_logging'
  autoload :SidekiqMiddleware, 'gitlab/sidekiq_middleware'
  autoload :SSHPublicKey, 'gitlab/ssh_public_key'
  autoload :SystemCheck, 'gitlab/system_check'

  def self.config = Settings
  def self.revision = REVISION
end
