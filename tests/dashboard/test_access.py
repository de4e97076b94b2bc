"""Who may see the page: Airflow's login, and its permissions."""

import pytest

ROUTES = ["", "assets/js/main.js", "assets/vendor/echarts.common.min.js", "assets/icon.svg",
          "api/status", "api/view?days=7"]  # fmt: skip


@pytest.mark.parametrize("route", ROUTES[1:])
def test_nothing_is_served_without_a_login(server, route):
    answer = server.session().get(server.page + route, allow_redirects=False)
    assert answer.status_code == 401
    assert answer.json() == {"detail": "Not authenticated"}


def test_the_page_leads_to_the_login_and_the_login_back(server):
    answer = server.session().get(server.page + "?days=7&country=C%C3%B4te", allow_redirects=False)
    assert answer.status_code == 307
    assert answer.headers["Location"].startswith("/team/airflow/auth/login?next=%2Fteam%2Fairflow")
    assert "days%3D7" in answer.headers["Location"]


@pytest.mark.parametrize("route", ROUTES)
def test_who_has_no_role_sees_nothing(server, route):
    answer = server.session("nobody").get(server.page + route, allow_redirects=False)
    assert answer.status_code == 403


@pytest.mark.parametrize("user", ["viewer", "admin"])
@pytest.mark.parametrize("route", ROUTES)
def test_who_may_view_sees_all_of_it_under_the_strict_policy(server, user, route):
    answer = server.session(user).get(server.page + route)
    assert answer.status_code == 200
    policy = answer.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "script-src 'self';" in policy
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


def test_no_route_beside_these_exists(server):
    session = server.session("admin")
    outside = ("assets/../access.py", "assets/%2e%2e/page_data.py")
    for route in ("docs", "openapi.json", *outside, "api"):
        assert session.get(server.page + route, allow_redirects=False).status_code == 404


def test_a_wrong_filter_says_what_to_write(server):
    answer = server.session("viewer").get(server.page + "api/view?days=31")
    assert answer.status_code == 400
    assert "can be 7, 30, 90, 365 or all" in answer.json()["detail"]


def test_a_file_that_the_browser_has_is_not_sent_again(server):
    session = server.session("viewer")
    first = session.get(server.page + "assets/js/main.js")
    mark = {"If-None-Match": first.headers["ETag"]}
    assert session.get(server.page + "assets/js/main.js", headers=mark).status_code == 304


def test_airflow_lists_the_page_in_its_navigation(server):
    plugins = server.session("viewer").get(f"{server.address}/api/v2/plugins").json()["plugins"]
    (view,) = [view for plugin in plugins for view in plugin["external_views"]]
    assert (view["name"], view["destination"], view["url_route"]) == ("SMS", "nav", "sms")


def test_no_plugin_has_an_import_error(server):
    answer = server.session("admin").get(f"{server.address}/api/v2/plugins/importErrors").json()
    assert answer["import_errors"] == []
