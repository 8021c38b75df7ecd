# frozen_string_literal: true

require 'test_helper'
require 'support/git_helper'
require 'support/shell_helper'

class RepositoryPagesTest < WebTest
  include GitHelper
  include ShellHelper

  setup do
    sign_in_as(@user = make_user('ada'))
    @project = make_code_project(@user)
  end

  test 'the project page shows files, README and clone addresses' do
    get '/ada/shop'

    assert_select '.files tbody th a', %w[docs README.md app.rb].size
    assert_select '.files tbody a[href="/ada/shop/-/tree/main/docs"]', 'docs'
    assert_select '.files td a', 'Begin'
    assert_select 'section[aria-label="README.md"] h3', 'Shop'
    assert_select 'section[aria-label="README.md"] a[href="/ada/shop/-/blob/main/docs/manual.md"]', 'the manual'
    assert_select 'input#clone-ssh[value$="ada/shop.git"]'
    assert_select 'nav[aria-label=Project] a[aria-current=page]', 'Files'
  end

  test 'an empty repository says how to fill it' do
    make_project(@user.namespace, path: 'empty')
    get '/ada/empty'
    assert_select 'h2', 'The repository for this project is empty'
    assert_select 'pre', /git push --set-upstream origin main/
    %w[tree commits branches tags compare].each do |page|
      get "/ada/empty/-/#{page}"
      assert_redirected_to '/ada/empty', page
    end
    get '/ada/empty/-/merge_requests'
    assert_response :ok
  end

  test 'a file, its words coloured and its lines numbered' do
    get '/ada/shop/-/blob/main/app.rb'

    assert_select 'table.lines tr#L2 .number a[href="#L2"]', '2'
    assert_select 'tr#L1 .text span.c1', '# A comment'
    get '/ada/shop/-/raw/main/app.rb'
    assert_match(/\Agit-blob:/, response.headers['gitlab-workhorse-send-data'])
    assert_equal ['nosniff', 'text/plain; charset=utf-8'], response.headers.values_at('x-content-type-options', 'content-type')
  end

  test 'refs and paths with slashes, dots and other alphabets' do
    commit_files(@project, @user, { 'äöü/日本 語.txt' => "文\n", 'a?b#c%d.txt' => "x\n" }, branch: 'feature/v1.2/x', start: 'main')
    get "/ada/shop/-/tree/feature/v1.2/x/#{ERB::Util.url_encode('äöü')}"
    assert_select '.files a', '日本 語.txt'
    get css_select('.files tbody th a').last['href']
    assert_select 'table.lines .text', '文'

    get '/ada/shop/-/tree/feature/v1.2/x'
    get css_select('.files tbody a').find { |link| link.text == 'a?b#c%d.txt' }['href']
    assert_select 'table.lines .text', 'x'
    get '/ada/shop/-/commits/feature/v1.2/x/docs'
    assert_select '.rows > li', 1
    get '/ada/shop/-/refs/switch', params: { destination: 'tree', ref: 'feature/v1.2/x', path: 'docs' }
    assert_redirected_to '/ada/shop/-/tree/feature/v1.2/x/docs'
  end

  test 'text of people is never markup' do
    commit_files(@project, @user, { '<b>.md' => "<script>alert(1)</script>\n", 'docs/README.md' => "<img src=x onerror=1>\n[x](javascript:alert(1))\n" }, message: '<i>Change</i>')
    ['/ada/shop', '/ada/shop/-/tree/main/docs', '/ada/shop/-/blob/main/%3Cb%3E.md', '/ada/shop/-/commits/main', '/ada/shop/-/commit/main'].each do |path|
      get path
      assert_response :ok, path
      assert_select 'main script, main img, main b, main i, main a[href^=javascript]', 0
    end
  end

  test 'binary, large, empty and executable files, symbolic links and submodules' do
    head = @project.repository.commit('main').id
    commit_files(@project, @user, { 'logo.png' => "\x89PNG\0\0".b, 'large.txt' => "#{'x' * 99}\n" * 11_000, 'none' => '' })
    push_odd_tree(@project, head)

    { 'logo.png' => 'The content of a binary file is not shown', 'large.txt' => 'too large to be shown', 'none' => 'The file is empty' }.each do |file, text|
      get "/ada/shop/-/blob/main/#{file}"
      assert_response :ok, file
      assert_select 'p.empty', /#{text}/, file
    end
    get '/ada/shop/-/tree/odd'
    assert_select '.files .icon.module[aria-label=Submodule]'
    assert_select '.files th', /module @ #{head[0, 8]}/
    assert_select '.files .icon[aria-label="Symbolic link"]'
    get '/ada/shop/-/blob/odd/link'
    assert_select 'main p code', 'README.md'
    get '/ada/shop/-/blob/odd/module'
    assert_response :not_found
  end

  test 'a commit and its changes' do
    update_file(@project, @user, 'app.rb', "# A comment\nputs 'bye'\n", message: "Say good bye\n\nAs one does.")
    get '/ada/shop/-/commit/main'

    assert_select 'h1', 'Say good bye'
    assert_select 'pre.message', 'As one does.'
    assert_equal [['2', '', "-puts 'hello'"], ['', '2', "+puts 'bye'"]],
                 css_select('tr.removed, tr.added').map { |row| row.css('td').map(&:text) }
    get "/ada/shop/-/commit/#{@project.repository.commit('main').id}.diff"
    assert_match(/\Agit-diff:/, response.headers['gitlab-workhorse-send-data'])
  end

  test 'a huge diff is cut off, not refused' do
    commit_files(@project, @user, { 'huge.txt' => "line of some length\n" * 20_000 }.merge((1..250).to_h { |i| ["many/#{i}.txt", "#{i}\n"] }))
    get '/ada/shop/-/commit/main'
    assert_response :ok
    assert_select '.diff .hint', 'This diff is too large to be shown.'
    assert_select 'p.alert', /Too many changes/
  end

  test 'commits in pages' do
    21.times { |i| update_file(@project, @user, 'README.md', i.to_s, message: "Change #{i}") }
    get '/ada/shop/-/commits/main'
    assert_select '.rows > li', 20
    assert_select 'nav[aria-label=Pages] a[rel=next]', 'Older'
    get '/ada/shop/-/commits/main?page=2'
    assert_select '.rows h3', 'Begin'
  end

  test 'branches and tags are made, listed and deleted' do
    post '/ada/shop/-/branches', params: { branch: { name: 'feature/x', ref: 'main' } }
    assert_redirected_to '/ada/shop/-/tree/feature/x'
    get '/ada/shop/-/branches'
    assert_select '.rows h2 a', 2
    delete '/ada/shop/-/branches/feature/x'
    assert_redirected_to '/ada/shop/-/branches'
    delete '/ada/shop/-/branches/main'
    assert_equal 'The default branch of a project cannot be deleted.', flash[:alert]

    post '/ada/shop/-/tags', params: { tag: { name: 'v1.0', ref: 'main', message: 'First' } }
    get '/ada/shop/-/tags'
    assert_select '.rows pre.message', 'First'
    get '/ada/shop/-/tags/v1.0'
    assert_redirected_to '/ada/shop/-/tree/v1.0'
    delete '/ada/shop/-/tags/v1.0'
    assert_empty @project.repository.tag_names
  end

  test 'what cannot be a branch or a tag is refused, with the reason' do
    post '/ada/shop/-/tags', params: { tag: { name: 'v1.0', ref: 'main' } }
    { { branch: { name: 'a b', ref: 'main' } } => 'Branch name is invalid',
      { branch: { name: 'main', ref: 'main' } } => 'Branch already exists',
      { branch: { name: 'x', ref: 'nowhere' } } => 'Invalid reference name: nowhere',
      { tag: { name: 'a b', ref: 'main' } } => 'Tag name invalid',
      { tag: { name: 'v1.0', ref: 'main' } } => 'Tag v1.0 already exists',
      { tag: { name: 'x', ref: 'nowhere' } } => 'Target nowhere is invalid' }.each do |form, reason|
      post "/ada/shop/-/#{form.keys.first == :tag ? 'tags' : 'branches'}", params: form
      assert_response :unprocessable_entity
      assert_select '[role=alert]', reason
    end
  end

  test 'comparison' do
    commit_files(@project, @user, { 'new.txt' => "x\n" }, branch: 'feature/x', start: 'main', message: 'New')
    get '/ada/shop/-/compare', params: { from: 'main', to: 'feature/x' }
    assert_redirected_to '/ada/shop/-/compare/main...feature/x'
    follow_redirect!
    assert_select '.rows h3', 'New'
    assert_select '.diff h3', /new\.txt/
    get '/ada/shop/-/compare/main...nowhere'
    assert_response :not_found
    assert_select '[role=alert]', /nowhere/
  end

  test 'archives are left to Workhorse' do
    get '/ada/shop/-/archive/main/shop-main.zip'
    assert_match(/\Agit-archive:/, response.headers['gitlab-workhorse-send-data'])
    assert_match 'shop-main.zip', response.headers['content-disposition']
    get '/ada/shop/-/archive/main/shop-main.exe'
    assert_response :not_found
  end

  test 'what is not there' do
    %w[tree/no tree/main/no blob/main/no blob/no/README.md raw/main/docs commits/no commit/no commit/--help compare/main archive/main tree/main%00x].each do |page|
      get "/ada/shop/-/#{page}"
      assert_response :not_found, page
    end
  end

  test 'guests of a private project see no code, strangers nothing, readers change nothing' do
    sign_in_as(guest = make_user.tap { |user| @project.add_guest(user) })
    get '/ada/shop'
    assert_select '.files', 0
    get '/ada/shop/-/tree/main'
    assert_response :not_found

    @project.add_reporter(guest)
    get '/ada/shop/-/tree/main'
    assert_response :ok
    post '/ada/shop/-/branches', params: { branch: { name: 'x', ref: 'main' } }
    assert_response :not_found

    sign_in_as(make_user)
    get '/ada/shop/-/tree/main'
    assert_response :not_found
  end

  test 'a public project is read without signing in, and nothing of it changed' do
    @project.update!(visibility: 'public')
    issue = make_issue(@project, author: @user)
    post '/users/sign_out'
    %W[/ada/shop /ada/shop/-/tree/main /ada/shop/-/blob/main/app.rb /ada/shop/-/raw/main/app.rb /ada/shop/-/commits /ada/shop/-/commit/main
       /ada/shop/-/branches /ada/shop/-/tags /ada/shop/-/compare /ada/shop/-/archive/main/shop-main.zip /ada/shop/-/merge_requests
       /ada/shop/-/issues /ada/shop/-/issues/#{issue.iid}].each do |path|
      get path
      assert_response :ok, path
      assert_select 'main form[method=post], main a.button[href$="/new"]', 0
    end
    %w[branches/new merge_requests/new issues/new].each do |page|
      get "/ada/shop/-/#{page}"
      assert_redirected_to '/users/sign_in', page
    end
    @project.update!(visibility: 'internal')
    get '/ada/shop/-/tree/main'
    assert_redirected_to '/users/sign_in'
  end

  test 'a repository that is gone is told, and its project page still there' do
    @project.repository.remove
    get '/ada/shop'
    assert_response :ok
    assert_select '[role=alert]', 'The repository for this project does not exist.'
    get '/ada/shop/-/tree/main'
    assert_response :not_found
    get '/ada/shop/-/issues'
    assert_response :ok
  end

  test 'while Gitaly is away' do
    GitalyServer.stop
    get '/ada/shop/-/tree/main'
    assert_response :service_unavailable
    assert_no_match 'grpc', response.body
    get '/ada/shop'
    assert_response :service_unavailable
    get '/ada/shop/-/issues'
    assert_response :ok
  ensure
    GitalyServer.run
  end

  private

  # A symbolic link and a submodule on the branch "odd", pushed by the real git.
  def push_odd_tree(project, commit)
    copy = working_copy(make_key(@user), project)
    File.symlink('README.md', File.join(copy, 'link'))
    git(copy, 'add', '.')
    git(copy, 'update-index', '--add', '--cacheinfo', "160000,#{commit},module")
    git(copy, 'commit', '-q', '-m', 'Odd')
    git(copy, 'push', '-q', 'origin', 'HEAD:refs/heads/odd')
  end
end
