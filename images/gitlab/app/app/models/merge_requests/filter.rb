# frozen_string_literal: true

module MergeRequests
  # Narrows a list down by what a request names.
  class Filter
    def initialize(params, iids: [], labels: [])
      @params = params
      @iids = iids
      @labels = labels
    end

    def apply(list)
      list = list.where(iid: @iids) if @iids.any?
      list = list.where('labels @> ARRAY[?]::varchar[]', @labels) if @labels.any?
      %i[source_branch target_branch author_id].each { |name| list = list.where(name => text(name)) if text(name) }
      list = list.where(author: User.find_by_username(text(:author_username))) if text(:author_username)
      draft(list)
    end

    private

    def text(name) = (@params[name] if @params[name].is_a?(String) && @params[name].present?)

    # Draft is a word at the title's beginning.
    def draft(list)
      wanted = { 'yes' => true, 'true' => true, 'no' => false, 'false' => false }[text(:draft) || text(:wip)]
      return list if wanted.nil?

      drafts = list.where("title ~* '^\\s*(\\[draft\\]|\\(draft\\)|draft)'")
      wanted ? drafts : list.where.not(id: drafts.select(:id))
    end
  end
end
