# frozen_string_literal: true

# OpenSSH for Git over SSH. Its configuration is /assets/sshd_config, part of
# the image; reconfigure leaves it alone.
class SshdService < Omnibus::Service
  defaults "sshd", { "enable" => true }

  def enabled?
    ENV["GITLAB_DISABLE_OPENSSH"] != "true"
  end

  def configure
    directory(log_directory)
    directory("/run/sshd")
  end
end
