from tutorhub.site.views.pages import dashboard, home

__all__ = ["dashboard", "home"]
