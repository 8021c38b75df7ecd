# frozen_string_literal: true

module Api
  # Resources below /projects/:project_id/repository.
  module InRepository
    extend ActiveSupport::Concern
    include InProject

    included do
      before_action :authorize_read_code!
      rescue_from Git::Refused do |refused|
        render json: { message: refused.message }, status: :bad_request
      end
    end

    private

    delegate :repository, to: :project

    def authorize_read_code! = project_access.read_code?(project) || forbidden!
    def authorize_push! = project_access.push_code?(project) || forbidden!

    # The named commit, that of the default branch when none is named.
    def commit!(revision = params[:sha], what = 'Commit')
      commit = revision.is_a?(String) || revision.nil? ? repository.commit(revision.presence || repository.root_ref) : nil
      commit || not_found!(what)
    end

    # Commits of an address are named in it, never left out.
    def named_commit! = commit!(params[:sha].to_s)

    def render_array(list, entity, **)
      page = paginated(Kaminari.paginate_array(list))
      set_headers(page)
      render json: page.map { |record| entity.call(record, **) }
    end

    def render_page(page, entity, **)
      set_headers(page)
      render json: page.map { |record| entity.call(record, **) }
    end

    # A page of a list of unknown length: one record more is asked for than is shown.
    def git_page
      size = per_page
      records = yield(limit: size + 1, offset: (page_number - 1) * size)
      Git::Page.new(records, number: page_number, size: size)
    end
  end
end
