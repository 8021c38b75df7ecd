# frozen_string_literal: true

# Pages of a list; nothing is ever listed whole.
module Paginated
  PER_PAGE = 20
  MAX_PER_PAGE = 100
  MAX_PAGE = 1_000_000

  private

  def paginated(scope)
    scope.page(page_number).per(per_page)
  end

  def page_number = number(params[:page], 1).clamp(1, MAX_PAGE)
  def per_page = number(params[:per_page], PER_PAGE).clamp(1, MAX_PER_PAGE)
  def number(text, default) = Integer(text.to_s, 10, exception: false) || default
end
