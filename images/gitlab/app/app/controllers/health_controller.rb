# frozen_string_literal: true

# /-/liveness and /-/readiness, for load balancers and orchestrators.
class HealthController < ActionController::Base
  include RequiresAllowlistedClient

  def liveness = render(json: { status: 'ok' })

  def readiness
    report = Gitlab::HealthChecks.readiness(all: params[:all].present?)
    response.headers['X-GitLab-Custom-Error'] = '1' unless report.status == 200
    render json: report.body, status: report.status
  end
end
