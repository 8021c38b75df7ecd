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

  # A time that a machine can read and a person too.
  def stamp(time)
    time ? time_tag(time, time.utc.strftime('%Y-%m-%d %H:%M UTC')) : tag.span('never', class: 'quiet')
  end

  def text_block(text) = simple_format(h(text), { class: 'prose' }, sanitize: false)

  # A button that changes something: a form, so that it works without JavaScript.
  def action_button(text, path, method: :post, params: {}, danger: false)
    button_to text, path, method: method, params: params, class: danger ? 'danger' : 'secondary'
  end
end
