"""The words by which questions about a career are told apart: companies, dates, lengths, gaps."""

from __future__ import annotations

import re

from rag.terms import terms

# Words that say nothing about which job is meant; a question with others left over is about what the documents tell.
GENERIC = frozenset(
    terms(
        """calculate compute count
        work worked working works employ employed employer employers employment company companies organization
        organisation organisations organizations organisaton firm firms startup startups business place places job jobs
        role roles position positions post title titles career careers history path progression timeline experience
        experienced professional professionally year years yr yrs month months long total overall altogether combined
        roughly about approximately approx exactly far past previous previously former formerly prior current currently
        present presently now moment today days nowadays latest last recent most recently first earliest start started
        starting begin began begun join joined joining leave left leaving end ended finish finished finishing quit stop
        stopped stay stayed spend spent time tenure duration hold held holds list name names chronological order date
        dates gap gaps break breaks unemployed overlap overlapping overlaps simultaneously concurrently same once
        parallel two between longest shortest stint stints when how many much different various industry field workforce
        live based located before after next immediately directly right job-wise employments person engineer number
        count since until till ago come came comes follow followed following preceding preceded go went gone show
        newest oldest level grade seniority rank reverse summary summarize summarise describe complete full whole ever
        still already cv resume city cities town towns country countries location locations"""
    )
)
REQUEST = re.compile(
    r",?\s*\b(?:(?:the )?(?:most recent|newest|latest|oldest|earliest) (?:one )?first"
    r"|in (?:reverse )?(?:chronological )?order)\b"
    r"|(?<!work )(?<!worked )(?<!working )\bfor (?:our|my) (?:files?|records?|notes|systems?|database|reports?"
    r"|slides|ats|crm|customer relationship management|applicant tracking system|spreadsheet)\b"
    r"|^\W*(?:(?:i|we)(?:'d like| want| need)|need|want|give me|(?:can you |could you |please )?"
    r"(?:run|walk|take) (?:me|us) through)\b",
    re.IGNORECASE,
)
"""How a list is asked for, in which order, or for what of the asker's; it asks for no first or latest one."""
DATES = re.compile(r"\b(?:when|what (?:year|date|month)|which (?:year|month)|dates?|how long ago)\b")
STARTS = re.compile(r"\b(?:start\w*|begin|began|begun|join\w*|since|from when)\b")
ENDS = re.compile(r"\b(?:leave|leaving|left|end|ended|finish\w*|quit|stop\w*|until|till)\b")
EMPLOYERS = re.compile(
    r"\b(?:compan(?:y|ies)|employers?|organi[sz]at\w*|firms?|start-?ups?|businesses|employment history)\b"
    r"|\bwhere (?:has|have|did|does|all|else)\b.*\bwork"
    r"|\bwho (?:has|have|did|does)\b.*\bwork(?:ed)? for\b"
    r"|\bplaces?\b.*\bwork"
)
ROLES = re.compile(
    r"\b(?:roles?|positions?|jobs|(?:job )?titles?|timeline)\b"
    r"|\bwork (?:history|experience)\b"
    r"|\bcareer (?:path|history|progression|timeline|summary)\b"
)
LEVEL = re.compile(r"\b(?:level|grade|seniority|rank)\b")
"""Of a position that is named; a grade alone may be a school's."""
GRADE = re.compile(r"(?:(?:[A-Z]{1,3}\d{1,2}|IC)(?: |$))+")
"""Grades that a question offers: IC3 IC4, L5."""
CURRENT = re.compile(
    r"^(?!.*\bdifferently\b).*"
    r"(?:\b(?:current|currently|now|nowadays|at the moment|at present|presently|today|these days|latest|most recent)\b"
    r"|\b(?:where|who|whom) (?:do|does) (?:\w+ ){1,2}work(?: for)?\W*$"
    r"|\bwho(?: is|'s) (?:his|her|their|your|the candidate's) (?:employer|company)\W*$)"
)
STILL = re.compile(r"\b(?:still|currently|current|now|at present|these days)\b")
"""Of a position that is named: whether it is held now."""
BASED = re.compile(r"\b(?:based|located|live)\b")
PLACES = re.compile(
    r"\b(?:which|what|how many)\b(?: \w+)? (?:cit(?:y|ies)|towns?|countr(?:y|ies)|locations)\b"
    r".*\b(?:work\w*|employed|jobs?|been based|lived)\b"
)
FORMER = re.compile(
    r"\b(?:previous|last|former|prior) (?:role|job|position|employer|company|title|work)"
    r"|\bbefore (?:that|this|the current|(?:his|her|their|your) (?:current|present))\b"
)
FIRST = re.compile(
    r"\b(?:first|earliest|very first) (?:role|job|position|employer|company|title)"
    r"|\b(?:start|began|begin|started) (?:\w+ )?career\b|\bcareer (?:start|began|begin|started)\b"
    r"|\b(?:role|job|position|employer|company) (?:was|is) (?:the|his|her|their|your) (?:very )?(?:first|earliest)\b"
)
RELATION = re.compile(r"\b(before|prior to|preceding|preceded|after|following|followed|since|until)\b")
LATER = frozenset({"after", "following", "followed", "since"})
TOTAL = re.compile(
    r"\by(?:ea)?rs?\b.*\b(?:experience|work|career|industry)"
    r"|\bexperience\b.*\by(?:ea)?rs?\b"
    r"|\bhow long\b.*\b(?:work|career|industry|profession|experience)"
    r"|\b(?:total|overall) experience\b|\bhow much (?:\w+ )?experience\b"
    r"|\by(?:ea)?rs? (?:in total|overall)\b|^y(?:ea)?rs of experience"
)
FOR_YEARS = re.compile(
    r"\b(?:for|than|over|least) (?:\w+ ){0,2}"
    r"(?:\d+|two|three|four|five|six|seven|eight|nine|ten|a)\W?\s?(?:years?|months?)\b"
)
GAPS = re.compile(r"\b(?:gaps?|breaks?|unemployed|between jobs|out of work)\b")
OVERLAPS = re.compile(
    r"\b(?:overlap\w*|simultaneous\w*|concurrent\w*|(?:two|several|multiple) jobs|same time|in parallel|at once)\b"
)
LONGEST = re.compile(r"\b(longest|shortest)\b")
WITHIN = re.compile(r"\b(?:between|from)\b.*\b(?:and|to|till|until)\b|\d\s*[-–—]\s*\d")
AS_TITLE = re.compile(r"\b(?:as|been|being) an? ((?:[\w-]+ ?){1,4})")
