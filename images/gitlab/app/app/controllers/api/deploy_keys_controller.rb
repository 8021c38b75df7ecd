# frozen_string_literal: true

module Api
  class DeployKeysController < BaseController
    include InProject

    before_action :require_admin!, only: :all
    before_action :require_maintainer, except: :all

    # GET /deploy_keys: those of all projects.
    def all
      keys = DeployKey.order(:id)
      keys = keys.where(public: true) if true_param?(:public)
      render_list keys.includes(deploy_keys_projects: { project: :namespace }), Entities::Keys.method(:with_projects)
    end

    def index = render_list(entries.includes(:deploy_key).order(:id), Entities::Keys.method(:in_project))
    def show = render(json: Entities::Keys.in_project(entry))

    # A key that is there already is only made known to this project.
    def create
      requires!(:key, :title)
      added = DeployKey.transaction { entries.create!(deploy_key: known_key || new_key, can_push: true_param?(:can_push)) }
      render json: Entities::Keys.in_project(added), status: :created
    end

    def update
      requires_one_of!(:title, :can_push)
      entry.deploy_key.update!(title: params[:title]) if params.key?(:title)
      entry.update!(can_push: true_param?(:can_push)) if params.key?(:can_push)
      render json: Entities::Keys.in_project(entry)
    end

    # A key of another project that this user keeps too, or a public one.
    def enable
      key = DeployKey.find_by(id: params[:id])
      not_found!('Deploy Key') unless key && (key.public? || reachable?(key))
      entry = entries.find_or_create_by!(deploy_key: key)
      render json: Entities::Keys.in_project(entry), status: :created
    end

    def destroy
      entry.destroy!
      head :no_content
    end

    private

    def entries = project.deploy_keys_projects
    def entry = @entry ||= entries.find_by(deploy_key_id: params[:id]) || not_found!('Deploy Key')
    def require_maintainer = project_access.at_least?(:maintainer, project) || forbidden!

    def known_key
      key = DeployKey.find_by(fingerprint_sha256: fingerprint) or return
      key if key.public? || reachable?(key)
    end

    def fingerprint
      parsed = Gitlab::SSHPublicKey.new(params[:key])
      parsed.fingerprint_sha256 if parsed.valid?
    end

    def new_key = DeployKey.create!(params.permit(:key, :title, :expires_at).merge(user: current_user))
    def reachable?(key) = key.projects.any? { |other| project_access.at_least?(:maintainer, other) }
  end
end
