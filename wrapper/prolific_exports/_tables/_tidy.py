"""The tidy shape: one row per submission, with columns and types for analysis.

Long and wide tables lose nothing. A tidy table has only what fits into its columns; the rest is
counted in ``unfit`` and is in the long table.
"""

import warnings
from collections.abc import Callable, Iterator, Sequence
from functools import cached_property, partial
from typing import TYPE_CHECKING, Any, Final, TypeVar

from prolific_exports._model._codebook import Codebook
from prolific_exports._tables._answer_parts import read_answer
from prolific_exports._tables._arrow import timestamp_type
from prolific_exports._tables._column_names import IDENTITY, SOURCE
from prolific_exports._tables._content import TableContent
from prolific_exports._tables._observed import observe
from prolific_exports._tables._optional_libraries import require
from prolific_exports._tables._record_parts import record_parts
from prolific_exports._tables._sources import Reader, Row, bounded_lists
from prolific_exports._tables._tidy_columns import (
    ABSENT,
    SUBMISSION_LABELS,
    QuestionColumns,
    TidyColumn,
    plan,
)
from prolific_exports._tables._uploaded_files import with_local_paths

if TYPE_CHECKING:
    import duckdb
    import pandas as pd
    import polars as pl

T = TypeVar("T")

_FRONT: Final = (*IDENTITY, ABSENT)


class TidyContent(TableContent):
    """The content of a tidy table.

    Attributes:
        codebooks: What was asked, from the archives that have a codebook beside them.
        unfit: Answers, in the rows read since it was set to 0, that the columns do not contain
            as a whole, and records without answers.
    """

    def __init__(self, *arguments: Any, codebooks: Sequence[Codebook] = (), **options: Any) -> None:
        """Describe a table: see ``ResponseTable``."""
        super().__init__(*arguments, **options)
        self.codebooks = codebooks
        self.unfit = 0

    @cached_property
    def questions(self) -> tuple[QuestionColumns, ...]:
        """The columns of each question."""
        return plan(observe(self.sources), self.codebooks)

    @cached_property
    def columns(self) -> tuple[TidyColumn, ...]:
        """All columns, in order."""
        names = (*(SOURCE,) * self._has_source, *_FRONT)
        about = [
            TidyColumn(
                name=name,
                label=SUBMISSION_LABELS[name],
                kind="time" if name == IDENTITY[-1] else "text",
            )
            for name in names
        ]
        return (*about, *(column for one in self.questions for column in one.columns))

    @cached_property
    def column_names(self) -> tuple[str, ...]:
        """The names of the columns, in order."""
        return tuple(column.name for column in self.columns)

    @property
    def schema(self) -> Any:
        """The Arrow schema, with the label of each column as metadata of its field.

        Raises:
            UsageError: pyarrow is not installed.
        """
        pa = require("pyarrow")
        return pa.schema(
            [
                pa.field(
                    column.name,
                    _arrow_type(column),
                    metadata={"label": column.label.encode("utf-8", "replace")},
                )
                for column in self.columns
            ]
        )

    def batches(self, schema: Any = None) -> Iterator[Any]:  # noqa: ARG002 - has no dictionaries
        """Yield record batches.

        Raises:
            UsageError: pyarrow is not installed.
        """
        pa = require("pyarrow")
        table_schema = self.schema
        places = [
            {category: code for code, category in enumerate(column.categories)}
            for column in self.columns
        ]
        for rows in bounded_lists(self.rows()):
            arrays = []
            for column, type_, place, values in zip(
                self.columns, table_schema.types, places, zip(*rows, strict=True), strict=True
            ):
                if column.kind == "category":
                    codes = pa.array(map(place.get, values), pa.int32())
                    array = pa.DictionaryArray.from_arrays(
                        codes, pa.array(column.categories, pa.string())
                    )
                else:
                    array = pa.array(values, type_)
                arrays.append(array)
            yield pa.RecordBatch.from_arrays(arrays, schema=table_schema)

    def to_arrow(self) -> Any:
        """Return a ``pyarrow.Table``. Warns of answers that it does not contain as a whole."""
        return self._warned(super().to_arrow)

    def to_pandas(self) -> "pd.DataFrame":
        """Return `frame`. Warns of answers that it does not contain as a whole."""
        return self._warned(self.frame)

    def frame(self) -> "pd.DataFrame":
        """Return a ``pandas.DataFrame`` with the types that most code for pandas expects.

        Choices are categories, in the order of the codebook. Flags and ratings are nullable
        integers. ``created_at`` is in UTC without a time zone, since spreadsheets have none.
        """
        pandas, pa = require("pandas"), require("pyarrow")
        nullable = {pa.int8(): pandas.Int8Dtype(), pa.int64(): pandas.Int64Dtype()}
        frame: pd.DataFrame = super().to_arrow().to_pandas(types_mapper=nullable.get)
        frame[IDENTITY[-1]] = frame[IDENTITY[-1]].dt.tz_localize(None)
        return frame

    def to_polars(self) -> "pl.DataFrame":
        """Return a ``polars.DataFrame``; choices are enums, in the order of the codebook."""
        polars = require("polars")
        frame: pl.DataFrame = polars.from_arrow(self._warned(super().to_arrow))
        return frame.with_columns(
            polars.col(column.name).cast(polars.Enum(column.categories))
            for column in self.columns
            if column.kind == "category"
        )

    def to_duckdb(
        self, connection: "duckdb.DuckDBPyConnection | None"
    ) -> "duckdb.DuckDBPyRelation":
        """Return a DuckDB relation. Warns of answers that it does not contain as a whole."""
        duck = connection or require("duckdb")
        relation: duckdb.DuckDBPyRelation = duck.from_arrow(self._warned(super().to_arrow))
        return relation

    def _warned(self, make: Callable[[], T]) -> T:
        """Return what ``make`` does; warn if answers do not fit.

        A file's summary has their number instead.
        """
        self.unfit = 0
        made = make()
        if self.unfit:
            warnings.warn(
                f"{self.unfit} {'answer is' if self.unfit == 1 else 'answers are'} not in the "
                "columns of the tidy shape as a whole: the long shape has everything.",
                # The caller of ResponseTable.
                stacklevel=4,
            )
        return made

    def reference_reader(self, number: int) -> Reader:
        """Return the reader for the records of an archive."""
        read: Reader = partial(self._rows_of, questions=self.questions)
        if not self.folders:
            return read
        paths = [
            place
            for place, column in enumerate(self.columns[self._has_source :])
            if column.question_type == "file_upload"
        ]
        return with_local_paths(
            read, paths, self.archives[number], self.folders[number], self._count_missing
        )

    def _rows_of(self, record: Any, questions: Sequence[QuestionColumns]) -> Iterator[Row]:
        for part in record_parts(record):
            if part.responses is None:
                self.unfit += 1
                continue
            answers = part.responses
            values: list[Any] = []
            for question in questions:
                raw = answers.get(question.question.id)
                found, is_whole = question.values(read_answer(raw), raw)
                values += found
                # An answer that is null is none, and so is an empty object.
                self.unfit += not is_whole and raw is not None
            missing = [one.key for one in questions if one.question.id not in answers]
            yield (*part.identity, " ".join(missing) or None, *values)


def _arrow_type(column: TidyColumn) -> Any:
    pa = require("pyarrow")
    match column.kind:
        case "text":
            return pa.string()
        case "time":
            return timestamp_type()
        case "category":
            return pa.dictionary(pa.int32(), pa.string())
        case "flag":
            return pa.int8()
        case "integer":
            return pa.int64()
        case _:
            return pa.float64()
