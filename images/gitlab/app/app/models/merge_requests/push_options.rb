# frozen_string_literal: true

module MergeRequests
  # What `git push -o merge_request.create -o merge_request.target=main` asks for: a merge request for
  # each branch that was pushed, or changes to the one that is open. Other options change nothing.
  class PushOptions
    MAX_BRANCHES = 10
    PREFIX = 'merge_request.'

    attr_reader :errors

    # options: "merge_request.title=A title", as git sends them.
    def initialize(push, options)
      @push = push
      @given = Array(options).map(&:to_s)
      @options = @given.filter_map { |text| text.delete_prefix(PREFIX).split('=', 2) if text.start_with?(PREFIX) }.to_h { |name, value| [name, value] }
      @errors = []
    end

    # Something to tell the person who pushed, or nil.
    def apply
      return if @options.empty?

      problem = general_problem
      problem ? errors << problem : branches.each { |change| apply_to(change) }
      warning if errors.any?
    end

    private

    delegate :project, :user, to: :@push

    def branches = @push.branches.reject { |change| change.deleted? || change.name == project.repository.root_ref }

    def general_problem
      return 'User is required' unless user
      return 'User access was denied' unless ProjectAccess.new(user).push_code?(project)
      return "Branch #{target} does not exist" unless project.repository.branch(target)

      "Too many branches pushed (#{branches.size} were pushed, limit is #{MAX_BRANCHES})" if branches.size > MAX_BRANCHES
    end

    def apply_to(change)
      existing = MergeRequest.opened.find_by(source_project: project, source_branch: change.name)
      return save(existing) if existing

      unless @options.key?('create')
        errors << "A merge_request.create push option is required to create a merge request for branch #{change.name}"
        return
      end
      save(project.merge_requests.new(author: user, source_branch: change.name, target_branch: target, **defaults(change)))
    end

    def save(merge_request)
      merge_request.assign_attributes(fields(merge_request))
      errors.concat(merge_request.errors.full_messages) unless merge_request.save
    end

    def fields(merge_request)
      title = @options['title'].presence || merge_request.title
      title = "Draft: #{title}" if @options.key?('draft') && !title.match?(MergeRequest::DRAFT)
      { title: title, description: @options['description']&.gsub('\n', "\n"), target_branch: @options['target'].presence,
        remove_source_branch: (true if @options.key?('remove_source_branch')), labels: labels(merge_request) }.compact
    end

    # The same option may be given several times.
    def labels(merge_request) = (merge_request.labels | all('label')) - all('unlabel')
    def all(name) = @given.filter_map { |text| text[/\A#{Regexp.escape(PREFIX + name)}=(.+)\z/, 1] }

    # One commit speaks for itself; of several, the branch's name tells more.
    def defaults(change)
      commits = project.repository.commits_between(target, change.new, limit: 2)
      return { title: change.name.tr('-_', ' ').strip.upcase_first } unless commits.one?

      { title: commits.first.title, description: commits.first.description.presence }
    end

    def target = @options['target'].presence || project.repository.root_ref

    def warning
      quoted = @given.map { |text| "'#{text}'" }.join(' ')
      "WARNINGS:\nError encountered with push options #{quoted}: #{errors.join("\n\n")}"
    end
  end
end
