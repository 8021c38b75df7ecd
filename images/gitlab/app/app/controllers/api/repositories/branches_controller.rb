# frozen_string_literal: true

module Api
  module Repositories
    class BranchesController < BaseController
      include InRepository

      allow_anonymous :index, :show, :exists
      before_action :authorize_push!, only: %i[create destroy destroy_merged]

      def index
        list = matching(repository.branches(sort: one_of!(:sort, %w[name_asc updated_asc updated_desc])))
        page = paginated(Kaminari.paginate_array(list))
        render_page page, Entities::Branches.method(:full), **context(page.map(&:name))
      end

      def show = render(json: entity(branch!))
      def exists = head(repository.branch(name) ? :no_content : :not_found)

      def create
        requires!(:branch, :ref)
        wanted = params[:branch].to_s
        refuse!(400, 'Branch name is invalid') unless Git::RefName.plain?(wanted)
        refuse!(400, 'Branch already exists') if repository.branch(wanted)
        start = repository.commit(params[:ref].to_s) || refuse!(400, "Invalid reference name: #{params[:ref]}")
        render json: entity(repository.create_branch(current_user, wanted, start.id)), status: :created
      end

      def destroy
        repository.delete_branch(current_user, branch!.name)
        head :no_content
      end

      # Those that are merged into the default branch and not protected.
      def destroy_merged
        names = repository.branches.map(&:name) - [repository.root_ref]
        repository.merged_branch_names(names).each do |name|
          repository.delete_branch(current_user, name) unless project.protected_branch?(name)
        end
        render json: { message: '202 Accepted' }, status: :accepted
      end

      private

      def name = params[:branch].to_s
      def branch! = repository.branch(name) || not_found!('Branch')
      def entity(branch) = Entities::Branches.full(branch, **context([branch.name]))

      def context(names)
        { project: project, access: project_access, default: repository.root_ref, merged: repository.merged_branch_names(names) }
      end

      # ^ and $ tie the text to an end, as in GitLab.
      def matching(branches)
        text = params[:search].to_s.downcase
        branches = branches.select { |branch| branch.name.match?(regex) } if params[:regex].present?
        return branches if text.empty?
        return branches.select { |branch| branch.name.downcase.start_with?(text.delete_prefix('^')) } if text.start_with?('^')
        return branches.select { |branch| branch.name.downcase.end_with?(text.delete_suffix('$')) } if text.end_with?('$')

        branches.select { |branch| branch.name.downcase.include?(text) }
      end

      def regex
        @regex ||= Regexp.new(params[:regex].to_s, timeout: 1)
      rescue RegexpError
        refuse!(400, 'regex is invalid')
      end
    end
  end
end
