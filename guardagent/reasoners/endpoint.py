"""An OpenAI-compatible endpoint: typed answers, programs, judgements, vectors. The only importer of `openai`."""

from __future__ import annotations

import asyncio
import ssl
import threading
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from functools import cached_property
from typing import Any, TypeVar

import httpx2
import openai
from pydantic import BaseModel, ValidationError

from guardagent.blocking import run_blocking
from guardagent.errors import AnswerError, EndpointError
from guardagent.reasoners import faults
from guardagent.reasoners.answers import CodeAnswer
from guardagent.reasoners.parsing import Answer, Unparseable, Wanted, parse_answer, parse_code, strict_schema
from guardagent.reasoners.wire import LOWER, AnswerFormat, Completion, EmbeddingList, chat_request
from guardagent.translation.prompts import (
    Message,
    correction_message,
    program_correction_message,
)
from guardagent.types import TokenUsage

Result = TypeVar("Result")
Body = TypeVar("Body", bound=BaseModel)

_CONNECT_SECONDS = 10.0
_MAX_PAUSE = 8.0
_GRACE_SECONDS = 2.0
# Some servers refuse a conversation that holds an empty message.
_NOTHING = "(nothing)"


class Endpoint:
    """One model behind one base URL; may be shared between threads and event loops.

    Every call ends within `timeout` seconds, retries and second asks included. How the endpoint takes structured
    answers (`json_schema`, `json_object`, or plain text with the schema in the prompt) is found out and remembered.
    """

    def __init__(
        self,
        base_url: str,
        api_key: str,
        model: str,
        *,
        timeout: float = 180.0,
        max_retries: int = 3,
        first_pause: float = 0.5,
        temperature: float | None = None,
    ) -> None:
        """Connects to nothing yet; raises EndpointError when URL or key can't be used at all."""
        self.label = faults.endpoint_label(base_url, model)
        if not (api_key.isascii() and api_key.isprintable()):
            raise EndpointError(f"{self.label}: the API key holds characters that no HTTP header can carry")
        self.base_url, self.model, self.timeout = base_url, model, timeout
        # Never empty: the SDK would then send OPENAI_API_KEY of the environment, which may belong to another host.
        self._api_key = api_key or "none"
        self._max_retries, self._first_pause = max_retries, first_pause
        self._options: dict[str, Any] = {} if temperature is None else {"temperature": temperature}
        self._format: AnswerFormat = "json_schema"
        self._usage = TokenUsage()
        self._lock = threading.Lock()

    @property
    def usage(self) -> TokenUsage:
        """Answered chat calls and their tokens so far; embeddings are not counted."""
        return self._usage

    @property
    def place(self) -> str:
        """Where prompts go: whose machine it is, without its name."""
        return faults.place_of(self.base_url)

    @property
    def answer_format(self) -> AnswerFormat:
        """The way of asking for structured answers that worked last."""
        return self._format

    async def complete(self, messages: Sequence[Message], schema: type[Answer]) -> Answer:
        """The model's answer as a `schema`; an unparseable one is sent back for correction once.

        Raises:
            EndpointError: unreachable, refused or too slow.
            AnswerError: answered, but not with what was asked for.
        """
        wanted = Wanted(schema.__name__, strict_schema(schema), lambda text: parse_answer(text, schema))
        return await self._in_session(lambda session: self._complete(session, messages, wanted))

    async def write(self, messages: Sequence[Message]) -> CodeAnswer:
        """The program that the model writes, in one fenced block; an answer without one is sent back once.

        Raises:
            EndpointError: unreachable, refused or too slow.
            AnswerError: answered, but not with a program.
        """
        wanted = Wanted("program", None, parse_code)
        return await self._in_session(lambda session: self._complete(session, messages, wanted))

    async def decide(
        self, messages: Sequence[Message], schema: type[Answer], *, count: Callable[[TokenUsage], None]
    ) -> Answer:
        """The model's answer as a `schema`; each answered call is given to `count`.

        What the model wrote is never shown to it again, as it may repeat what is judged. Where a server did not enforce
        the schema, the model is asked once more, afresh, with the schema in the prompt.

        Raises:
            EndpointError: unreachable, refused or too slow.
            AnswerError: answered, but not with exactly what was asked for.
        """
        wanted = Wanted(schema.__name__, strict_schema(schema), lambda text: parse_answer(text, schema))
        return await self._in_session(lambda session: self._decide(session.counting(count), messages, wanted))

    def embed(self, texts: Sequence[str]) -> list[list[float]]:
        """One vector per text, as the endpoint gives them. Blocks.

        Raises:
            EndpointError: unreachable, refused or too slow.
            AnswerError: the answer is not one vector per text.
        """
        return self._blocking(self._in_session(lambda session: self._embed(session, list(texts))))

    async def _in_session(self, work: Callable[[_Session], Awaitable[Result]]) -> Result:
        client = openai.AsyncOpenAI(
            base_url=self.base_url,
            api_key=self._api_key,
            max_retries=0,
            timeout=openai.Timeout(self.timeout, connect=min(_CONNECT_SECONDS, self.timeout)),
            # Prompts go to the host that was named and to no other one.
            http_client=openai.DefaultAsyncHttpx2Client(verify=self._tls, follow_redirects=False),
        )
        try:
            # INVARIANT: the SDK's own limits are per read; only this one bounds the whole.
            async with asyncio.timeout(self.timeout), client:
                deadline = asyncio.get_running_loop().time() + self.timeout
                return await work(_Session(client, self.label, self._max_retries, self._first_pause, deadline))
        except TimeoutError:
            raise self._too_slow() from None

    @cached_property
    def _tls(self) -> ssl.SSLContext:
        """Made once, and without the certificates where none is checked: reading them takes tens of milliseconds."""
        plain = self.base_url.lower().startswith("http:")
        return ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT) if plain else httpx2.create_ssl_context()

    def _blocking(self, work: Coroutine[Any, Any, Result]) -> Result:
        try:
            return run_blocking(work, limit=self.timeout + _GRACE_SECONDS)
        except TimeoutError:
            raise self._too_slow() from None

    def _too_slow(self) -> EndpointError:
        return EndpointError(
            f"{self.label}: no answer within {self.timeout:g} s; allow more time or look at the server"
        )

    async def _complete(self, session: _Session, messages: Sequence[Message], wanted: Wanted[Answer]) -> Answer:
        text, form = await self._chat_down(session, messages, wanted, self._format)
        try:
            answer = wanted.parse(text)
        except Unparseable as problem:
            ask_again = correction_message if wanted.schema else program_correction_message
            talk = [*messages, Message("assistant", text or _NOTHING), ask_again(problem.correction)]
            again = LOWER[form] if problem.unenforced else form
            text, form = await self._chat_down(session, talk, wanted, again)
            answer = self._parse_last(text, wanted)
        if wanted.schema:
            self._format = form
        return answer

    async def _decide(self, session: _Session, messages: Sequence[Message], wanted: Wanted[Answer]) -> Answer:
        text, form = await self._chat_down(session, messages, wanted, self._format)
        try:
            answer = wanted.parse(text)
        except Unparseable as problem:
            if not problem.unenforced or form == "text":
                raise AnswerError(f"{self.label}: answered, but not as asked: {problem.problem}") from None
            text, form = await self._chat_down(session, messages, wanted, LOWER[form])
            answer = self._parse_last(text, wanted)
        self._format = form
        return answer

    def _parse_last(self, text: str, wanted: Wanted[Answer]) -> Answer:
        try:
            return wanted.parse(text)
        except Unparseable as problem:
            raise AnswerError(f"{self.label}: answered twice, but not as asked: {problem.problem}") from None

    async def _chat_down(
        self, session: _Session, talk: Sequence[Message], wanted: Wanted[Answer], form: AnswerFormat
    ) -> tuple[str, AnswerFormat]:
        """The text of the answer, and the first format from `form` downwards that the endpoint took."""
        while True:
            try:
                return await self._chat(session, talk, wanted, form), form
            except _FormatRefused:
                form = LOWER[form]

    async def _chat(
        self, session: _Session, talk: Sequence[Message], wanted: Wanted[Answer], form: AnswerFormat
    ) -> str:
        request = {"model": self.model, **chat_request(talk, form, wanted.name, wanted.schema), **self._options}

        async def send(client: openai.AsyncOpenAI) -> bytes:
            raw: Any = await client.chat.completions.with_raw_response.create(**request)
            return bytes(raw.content)

        completion = self._body(
            await session.send(send, lower_format=bool(wanted.schema) and form != "text"), Completion, "chat completion"
        )
        with self._lock:
            self._usage += completion.spent
        session.count(completion.spent)
        if completion.problem:
            raise AnswerError(f"{self.label}: {completion.problem}")
        return completion.text

    async def _embed(self, session: _Session, texts: list[str]) -> list[list[float]]:
        async def send(client: openai.AsyncOpenAI) -> bytes:
            # The SDK's default is base64, which some local servers lack.
            raw: Any = await client.embeddings.with_raw_response.create(
                model=self.model, input=texts, encoding_format="float"
            )
            return bytes(raw.content)

        body = self._body(await session.send(send), EmbeddingList, "list of embeddings")
        if len(body.vectors) != len(texts):
            raise AnswerError(f"{self.label}: sent {len(body.vectors)} vectors for {len(texts)} texts")
        return body.vectors

    def _body(self, body: bytes, shape: type[Body], spoken: str) -> Body:
        try:
            return shape.model_validate_json(body)
        except ValidationError:
            raise AnswerError(
                f"{self.label}: answered with what is no {spoken}; check the base URL (often it ends in `/v1`)"
            ) from None


def _uncounted(_spent: TokenUsage) -> None:
    """Calls that nobody pays for one by one."""


class _FormatRefused(Exception):
    """The endpoint does not take the way in which the answer was asked for."""


class _Session:
    """A client for one call, with its retries and its deadline."""

    def __init__(
        self, client: openai.AsyncOpenAI, label: str, max_retries: int, first_pause: float, deadline: float
    ) -> None:
        self._client, self._label, self._deadline = client, label, deadline
        self._max_retries, self._first_pause = max_retries, first_pause
        self.count: Callable[[TokenUsage], None] = _uncounted

    def counting(self, count: Callable[[TokenUsage], None]) -> _Session:
        """This session, which from now on tells `count` of each answered call."""
        self.count = count
        return self

    async def send(
        self, call: Callable[[openai.AsyncOpenAI], Awaitable[bytes]], *, lower_format: bool = False
    ) -> bytes:
        """The body of the first good answer; raises _FormatRefused only where `lower_format` may help."""
        attempt = 0
        while True:
            attempt += 1
            try:
                return await call(self._client)
            except openai.APIStatusError as error:
                if lower_format and faults.rejects_format(error.status_code, error.code, error.message):
                    raise _FormatRefused from None
                wait = self._wait_after(error, attempt)
            except openai.APITimeoutError:
                raise EndpointError(
                    f"{self._label}: no connection or answer in time; check base URL and network"
                ) from None
            except openai.OpenAIError:
                if attempt > self._max_retries:
                    raise EndpointError(
                        f"{self._label}: cannot be reached or broke the connection{faults.times_tried(attempt)}; "
                        "check that it runs and that the base URL is right"
                    ) from None
                wait = self._pause(attempt)
            await asyncio.sleep(wait)

    def _wait_after(self, error: openai.APIStatusError, attempt: int) -> float:
        status, code = error.status_code, error.code
        if attempt > self._max_retries or not faults.may_retry(status, code):
            raise EndpointError(f"{self._label}: {faults.describe_status(status, code, attempt)}") from None
        asked = faults.retry_after(error.response.headers.get("retry-after"))
        if asked is None:
            return self._pause(attempt)
        if asyncio.get_running_loop().time() + asked > self._deadline:
            raise EndpointError(
                f"{self._label}: answered {status} and asks to wait {asked:g} s, longer than the time allowed"
            ) from None
        return asked

    def _pause(self, attempt: int) -> float:
        return min(_MAX_PAUSE, self._first_pause * 2.0 ** (attempt - 1))
