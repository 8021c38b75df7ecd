# frozen_string_literal: true

module ApplicationHelper
  def page_title = [content_for(:title).presence, 'GitLab'].compact.join(' · ')

  # The heading of a page, which is its title as well.
  def heading(text)
    content_for(:title, text)
    tag.h1(text)
  end

  def nav_link(text, path)
    link_to text, path, 'aria-current': current_page?(path) ? 'page' : nil
  end

  def user_link(user) = tag.span(user.name, class: 'person', title: "@#{user.username}")

  # Pictures without words: those who do not see them miss nothing.
  def icon(shape) = tag.span(class: "icon #{shape}", 'aria-hidden': true)

  # A letter in the place of a picture; `key` chooses its colour.
  def letter(name, key, kind = '')
    tag.span(name.to_s.first.to_s.upcase, class: "tile #{kind} tint#{key.to_s.sum % 7}", 'aria-hidden': true)
  end

  # How long ago; what the logs would say is in the title.
  def stamp(time)
    return tag.span('never', class: 'quiet') unless time

    time_tag(time, distance_of_time(time), title: time.utc.strftime('%Y-%m-%d %H:%M:%S UTC'))
  end

  def distance_of_time(time)
    return 'just now' if (Time.current - time).abs < 30.seconds

    words = time_ago_in_words(time).delete_prefix('about ').sub('less than a minute', '1 minute')
    time.future? ? "in #{words}" : "#{words} ago"
  end

  # Markdown of an issue, a merge request or a comment.
  def text_block(text) = tag.div(Git::Markdown.new(text, '') { |path| path }.html.html_safe, class: 'prose')

  # The word is a class as well, for its colour.
  def state_badge(state) = tag.span(state, class: "badge #{state}")
  def label_badges(record) = safe_join(record.labels.map { |name| tag.span(name, class: 'badge') }, ' ')

  # A button that changes something: a form, so that it works without JavaScript.
  def action_button(text, path, method: :post, params: {}, danger: false)
    button_to text, path, method: method, params: params, class: danger ? 'danger' : 'secondary'
  end
end
