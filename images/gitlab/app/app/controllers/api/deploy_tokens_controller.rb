# frozen_string_literal: true

module Api
  class DeployTokensController < BaseController
    include InProject

    before_action :require_admin!, only: :all
    before_action :require_maintainer, except: :all

    # GET /deploy_tokens: those of all projects.
    def all = render_list(wanted(DeployToken.all), Entities::Tokens.method(:deploy))
    def index = render_list(wanted(project.deploy_tokens), Entities::Tokens.method(:deploy))
    def show = render(json: Entities::Tokens.deploy(token))

    def create
      requires!(:name, :scopes)
      made = project.deploy_tokens.new(params.permit(:name, :username, :expires_at).merge(scopes: list_param(:scopes)))
      made.save || raise(ActiveRecord::RecordInvalid, made)
      render json: Entities::Tokens.deploy_with_secret(made), status: :created
    end

    def destroy
      token.update!(revoked: true)
      head :no_content
    end

    private

    def require_maintainer = project_access.at_least?(:maintainer, project) || forbidden!
    def token = project.deploy_tokens.find_by(id: params[:id]) || not_found!('Deploy Token')
    def wanted(tokens) = (true_param?(:active) ? tokens.active : tokens).order(:id)
  end
end
