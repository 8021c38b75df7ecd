# frozen_string_literal: true

require 'test_helper'

class PublicPagesTest < WebTest
  test 'help needs no session' do
    get '/help'

    assert_response :ok
    assert_match Gitlab::VERSION, response.body
  end

  test 'the error pages stand on their own' do
    %w[404 422 500 502].each do |status|
      get "/#{status}.html"
      assert_response :ok
      assert_select 'h1', /#{status}/
    end
  end

  test 'an unknown path of many parts is a 404 page' do
    get '/a/b/c/d'

    assert_response :not_found
    assert_match 'Page not found', response.body
  end

  test 'every page has a language, a title, a main part and a way past the header' do
    sign_in_as(make_admin)
    %w[/ /projects/new /groups/new /admin /admin/users /admin/users/new /admin/background_jobs /help
       /-/user_settings/personal_access_tokens].each do |path|
      get path
      assert_select 'html[lang=en] title', 1, path
      assert_select 'main#content h1', 1, path
      assert_select 'a.skip[href="#content"]', 1, path
      css_select('input:not([type=hidden]):not([type=submit]), select, textarea').each do |input|
        assert_select "label[for='#{input['id']}']", 1, "#{path}: #{input['id']} has no label"
      end
    end
  end
end
