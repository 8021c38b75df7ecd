# frozen_string_literal: true

module Api
  # Answers that are not 2xx, with the bodies of GitLab's API. Raised, so that a lookup can refuse
  # from anywhere.
  module Errors
    extend ActiveSupport::Concern

    class Refused < StandardError
      attr_reader :status, :body

      def initialize(status, body)
        @status = status
        @body = body
        super(body.to_s)
      end
    end

    included do
      rescue_from StandardError, with: :render_exception
      rescue_from Gitlab::Git::Error, with: :render_git_error
      rescue_from ActiveRecord::RecordInvalid, with: :render_invalid
      rescue_from ActionDispatch::Http::Parameters::ParseError, with: -> { render json: { error: 'The request could not be parsed' }, status: :bad_request }
      rescue_from Refused do |refused|
        render json: refused.body, status: refused.status
      end
    end

    private

    def refuse!(status, message) = raise(Refused.new(status, { message: message }))
    def unauthorized! = refuse!(401, '401 Unauthorized')
    def forbidden!(reason = nil) = refuse!(403, ['403 Forbidden', reason].compact.join(' - '))
    def not_found!(what = nil) = refuse!(404, ['404', what, 'Not Found'].compact.join(' '))
    def conflict!(message) = refuse!(409, message)
    def missing!(*names) = raise(Refused.new(400, { error: names.map { |name| "#{name} is missing" }.join(', ') }))

    def render_invalid(error)
      render json: { message: error.record.errors.messages }, status: :bad_request
    end

    # Gitaly's own words go into the log.
    def render_git_error(error)
      case RescuesGit::STATUSES[error.class]
      when :not_found then render(json: { message: '404 Repository Not Found' }, status: :not_found)
      when :service_unavailable then render_exception(error, 503, 'Service Unavailable')
      else render_exception(error)
      end
    end

    def render_exception(error, status = 500, name = 'Internal Server Error')
      Gitlab::ErrorTracking.log_exception(error, path: request.path)
      Rails.logger.error("#{error.class} (#{error.message}):\n#{Array(error.backtrace).first(15).join("\n")}")
      @rescued_exception = error
      render json: { message: "#{status} #{name}" }, status: status
    end
  end
end
