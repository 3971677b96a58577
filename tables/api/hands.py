"""REST of the hands you played: search, one hand, and files."""

from typing import Any

from django.http import Http404, HttpResponse, StreamingHttpResponse
from django.utils.decorators import method_decorator
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework.exceptions import ValidationError
from rest_framework.generics import ListAPIView, RetrieveAPIView
from rest_framework.negotiation import BaseContentNegotiation
from rest_framework.request import Request
from rest_framework.views import APIView

from tables.api.errors import ErrorSerializer
from tables.api.serializers import HandDetailSerializer, HandSerializer, SittingSerializer
from tables.api.users import user_of
from tables.api.views import NOT_FOUND
from tables.history.archive import FORMATS, each, one_file, zip_file
from tables.history.played import played
from tables.history.search import HandSearch, find_hands, sittings_of, with_hands
from tables.history.selectors import BadSelection, day_or_sitting, own_hand, style_of
from tables.history.views import limited
from tables.models import Hand, HandPlayer, Sitting
from wallet.api.pages import NewestFirst

INVALID = {400: OpenApiResponse(ErrorSerializer, description="The search makes no sense.")}
STYLE = OpenApiParameter(
    "style", str, OpenApiParameter.PATH, enum=sorted(FORMATS), description="how it is written"
)
FILE = OpenApiResponse(OpenApiTypes.BINARY, description="The file.")


class LastPlayedFirst(NewestFirst):
    ordering = ("-finished_at", "-hand_id")


class LastSittingsFirst(NewestFirst):
    ordering = ("-started_at", "-id")


class HandListView(ListAPIView[Any]):
    """The hands that you played, newest first; search parameters narrow them down."""

    serializer_class = HandSerializer
    pagination_class = LastPlayedFirst

    @extend_schema(
        parameters=[
            OpenApiParameter(name, str, description=str(field.help_text))
            for name, field in HandSearch.base_fields.items()
        ],
        responses={200: HandSerializer(many=True), **INVALID},
    )
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Any:
        return super().get(request, *args, **kwargs)

    def get_queryset(self) -> Any:
        if getattr(self, "swagger_fake_view", False):
            return Hand.objects.none()
        form = HandSearch(self.request.query_params)
        if not form.is_valid():
            raise ValidationError
        rows = find_hands(user_id=user_of(self.request).pk, search=form.cleaned_data)
        return with_hands(rows).defer("hand__events")

    def paginate_queryset(self, queryset: Any) -> list[Any]:
        rows: Any = super().paginate_queryset(queryset)
        return [row.hand for row in rows]


class HandView(RetrieveAPIView[Hand]):
    """One hand that you played; any other does not exist for you."""

    serializer_class = HandDetailSerializer

    @extend_schema(responses={200: HandDetailSerializer, **NOT_FOUND})
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Any:
        return super().get(request, *args, **kwargs)

    def get_object(self) -> Hand:
        row: HandPlayer = own_hand(user_id=user_of(self.request).pk, hand_id=self.kwargs["hand_id"])
        return row.hand


class _AnyFile(BaseContentNegotiation):
    """A file comes as what it is, whatever a client says it accepts."""

    def select_parser(self, request: Request, parsers: Any) -> Any:
        return parsers[0]

    def select_renderer(self, request: Request, renderers: Any, format_suffix: Any = None) -> Any:
        return renderers[0], renderers[0].media_type


class HandExportView(APIView):
    """One hand as a file."""

    content_negotiation_class = _AnyFile

    @extend_schema(
        operation_id="hand_export", parameters=[STYLE], responses={200: FILE, **NOT_FOUND}
    )
    @method_decorator(limited)
    def get(self, request: Request, hand_id: str, style: str) -> HttpResponse:
        user_id, wanted = user_of(request).pk, style_of(style)
        row = own_hand(user_id=user_id, hand_id=hand_id)
        return one_file(played(row.hand, viewer_id=user_id), wanted)


class HandsExportView(APIView):
    """The hands of a day or of a sitting as a zip."""

    content_negotiation_class = _AnyFile

    @extend_schema(
        operation_id="hands_export",
        parameters=[
            STYLE,
            OpenApiParameter("day", OpenApiTypes.DATE, description="in the site's time zone"),
            OpenApiParameter("sitting", int, description="id of a sitting; goes before `day`"),
        ],
        responses={200: FILE, **INVALID, **NOT_FOUND},
    )
    @method_decorator(limited)
    def get(self, request: Request, style: str) -> StreamingHttpResponse:
        user_id, wanted = user_of(request).pk, style_of(style)
        try:
            name, rows = day_or_sitting(user_id=user_id, asked=request.query_params)
        except BadSelection as error:
            raise ValidationError from error
        if not rows.exists():
            raise Http404
        hands = each(rows, viewer_id=user_id)
        return zip_file(request._request, hands, wanted, name=name)


@extend_schema(responses={200: SittingSerializer(many=True), **INVALID})
class SittingListView(ListAPIView[Sitting]):
    """Your stays at tables, newest first."""

    serializer_class = SittingSerializer
    pagination_class = LastSittingsFirst

    def get_queryset(self) -> Any:
        if getattr(self, "swagger_fake_view", False):
            return Sitting.objects.none()
        return sittings_of(user_id=user_of(self.request).pk)
