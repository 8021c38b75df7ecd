# frozen_string_literal: true

module Api
  # Offset pagination with GitLab's headers. Totals are left out beyond 10,000 rows, as counting them
  # costs more than the page.
  module Pagination
    include Paginated

    MAX_COUNT = 10_000

    private

    def render_list(scope, entity, **options)
      page = paginated(scope)
      page = page.without_count if beyond_count?(scope)
      set_headers(page)
      render json: page.map { |record| entity.call(record, **options) }
    end

    def beyond_count?(scope) = scope.unscope(:order, :includes).limit(MAX_COUNT + 1).count > MAX_COUNT

    def set_headers(page)
      counted = page.respond_to?(:total_pages) && !page.is_a?(Kaminari::PaginatableWithoutCount)
      totals = counted ? { 'X-Total' => page.total_count, 'X-Total-Pages' => [page.total_pages, 1].max } : {}
      headers = { 'X-Page' => page.current_page, 'X-Per-Page' => page.limit_value,
                  'X-Next-Page' => page.next_page, 'X-Prev-Page' => page.prev_page }
      headers.merge(totals).each { |name, value| response.headers[name] = value.to_s }
      response.headers['Link'] = links(page, totals['X-Total-Pages'])
    end

    def links(page, last)
      { prev: page.prev_page, next: page.next_page, first: 1, last: last }.compact.map do |rel, number|
        query = request.query_parameters.except('private_token', 'access_token').merge(page: number, per_page: page.limit_value)
        %(<#{Gitlab::Settings.base_url}#{request.path}?#{query.to_query}>; rel="#{rel}")
      end.join(', ')
    end
  end
end
